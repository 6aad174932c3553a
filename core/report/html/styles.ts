import { MATRIX_STYLES } from "./styles-matrix";
import { PRINT_STYLES } from "./styles-print";

/** Colours of both themes, each pair with a contrast of 4.5 to 1 and more; no font and no picture is fetched. */
const BASE = `
:root{color-scheme:light dark;
--page:light-dark(#f6f7f9,#0f1319);--card:light-dark(#ffffff,#171c24);--line:light-dark(#dfe3e8,#2b323d);
--text:light-dark(#1b2430,#e4e8ee);--soft:light-dark(#556070,#a3adba);--accent:light-dark(#1f5fbf,#82b4ff);
--green:light-dark(#166534,#7ddb9c);--green-bg:light-dark(#e5f5ea,#12301f);
--red:light-dark(#b01824,#ff9b9b);--red-bg:light-dark(#fdeaea,#3d181c);
--yellow:light-dark(#7d4e00,#f2c66b);--yellow-bg:light-dark(#fdf2d8,#382a0b);
--cyan:light-dark(#0b5c75,#7fd3ec);--cyan-bg:light-dark(#e2f3f9,#0e2c37);
--dim:light-dark(#556070,#a3adba);--dim-bg:light-dark(#eceff3,#222934);
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{scroll-padding-top:4rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 1rem;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .9rem}
p{margin:.3rem 0}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.86em/1.4 var(--mono);overflow-wrap:anywhere}
small{color:var(--soft);font-size:.82em}
button,input,select{font:inherit;color:inherit}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:1rem;top:-4rem;z-index:9;background:var(--card);padding:.5rem 1rem;border-radius:0 0 .5rem .5rem}
.skip:focus{top:0}
.top{position:sticky;top:0;z-index:5;display:flex;gap:1rem;align-items:center;justify-content:space-between;padding:.55rem 1.25rem;background:var(--page);border-bottom:1px solid var(--line)}
.top ul{display:flex;gap:1.1rem;list-style:none;margin:0;padding:0;overflow-x:auto}
.top a{color:var(--soft);text-decoration:none;font-size:.9rem;white-space:nowrap}
.top a:hover{color:var(--text);text-decoration:underline}
.top nav{min-width:0}
button{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.35rem .8rem;cursor:pointer}
button:hover{border-color:var(--soft)}
#theme{font-size:.9rem;white-space:nowrap}
#theme[aria-pressed=true]{background:var(--dim-bg)}
header{padding:2rem 0 1rem}
.brand{color:var(--soft);font-size:.9rem}
.outcome{display:flex;gap:.8rem;align-items:center;padding:.9rem 1.1rem;border-radius:.75rem;font-size:1.15rem;font-weight:600}
.outcome b{font-size:1.4rem;line-height:1}
.outcome.green{background:var(--green-bg);color:var(--green)}
.outcome.red{background:var(--red-bg);color:var(--red)}
.outcome.yellow{background:var(--yellow-bg);color:var(--yellow)}
.when,.note{color:var(--soft);font-size:.9rem}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.8rem;margin:1.1rem 0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.7rem 1rem;display:flex;flex-direction:column-reverse}
.tiles dt{color:var(--soft);font-size:.88rem}
.tiles dd{margin:0;font-size:1.6rem;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums}
.verdicts{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:0;padding:0}
.verdicts li,.pill{border-radius:99rem;padding:.12rem .7rem;font-size:.86rem;background:var(--dim-bg)}
.verdicts b,.pill b{font-weight:700}
.green{color:var(--green)}.red{color:var(--red)}.yellow{color:var(--yellow)}.cyan{color:var(--cyan)}.dim{color:var(--dim)}
.pill.green,.verdicts .green{background:var(--green-bg)}
.pill.red,.verdicts .red,.cards .red .pill{background:var(--red-bg);color:var(--red)}
.pill.yellow,.verdicts .yellow,.cards .yellow .pill{background:var(--yellow-bg);color:var(--yellow)}
.pill.cyan,.verdicts .cyan,.cards .cyan .pill{background:var(--cyan-bg);color:var(--cyan)}
section{margin:1.4rem 0 2.2rem}
.cards{list-style:none;margin:0;padding:0;display:grid;gap:.7rem}
.cards>li{background:var(--card);color:var(--text);border:1px solid var(--line);border-left:.3rem solid;border-radius:.6rem;padding:.7rem 1rem;overflow-wrap:anywhere}
.cards>li.red{border-left-color:var(--red)}.cards>li.yellow{border-left-color:var(--yellow)}
.cards>li.green{border-left-color:var(--green)}.cards>li.cyan{border-left-color:var(--cyan)}.cards>li.dim{border-left-color:var(--dim)}
.cards .what{font-size:1.02rem}
.cards .red .what>b{color:var(--red)}.cards .yellow .what>b{color:var(--yellow)}.cards .cyan .what>b{color:var(--cyan)}
.cards p,.cards dl{max-width:70rem}
.digests{margin:.4rem 0 0}
.digests div{display:flex;gap:.6rem}
.digests dt{flex:0 0 3.2rem;color:var(--soft);font-size:.88rem}
.digests dd{margin:0}
.timelines{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.3rem 1rem}
.timelines>div{display:grid;grid-template-columns:minmax(9rem,15rem) 1fr;gap:1rem;padding:.7rem 0;border-top:1px solid var(--line)}
.timelines>div:first-child{border-top:0}
.timelines dt{overflow-wrap:anywhere}
.timelines dd{margin:0;min-width:0}
.timeline{display:flex;flex-wrap:wrap;list-style:none;margin:0;padding:0;row-gap:.7rem}
.timeline li{position:relative;padding:.95rem 1.6rem 0 0;display:flex;flex-direction:column}
.timeline li::before{content:"";position:absolute;top:.32rem;left:0;right:0;border-top:2px solid var(--line)}
.timeline li:last-child::before{right:auto;width:.7rem}
.timeline li::after{content:"";position:absolute;top:0;left:0;width:.7rem;height:.7rem;border-radius:50%;background:var(--card);border:2px solid var(--soft)}
.timeline li:first-child::after{background:var(--green);border-color:var(--green)}
.bar{display:block;width:100%;height:.7rem;border-radius:.35rem;margin:.45rem 0;min-width:6rem}
.bar .track{fill:var(--dim-bg)}.bar .green{fill:var(--green)}.bar .yellow{fill:var(--yellow)}.bar .red{fill:var(--red)}
.bar .accent{fill:var(--accent)}.bar .pale{fill:var(--accent);opacity:.35}.bar .mark{fill:var(--text)}
footer{color:var(--soft);font-size:.86rem;padding-bottom:2.5rem;overflow-wrap:anywhere}
@media (max-width:40rem){
.tiles{grid-template-columns:repeat(2,1fr)}
h1{font-size:1.5rem}
header{padding-top:1.2rem}
main,footer{padding:0 .8rem}
.top{padding:.5rem .8rem}
.timelines>div{grid-template-columns:1fr;gap:.4rem}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

/** The whole style of a page. */
export const STYLES = BASE + MATRIX_STYLES + PRINT_STYLES;
