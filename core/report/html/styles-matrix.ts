/** A sign beside a button is no part of its name: the text behind the slash is what is read of it, none. */
export const MATRIX_STYLES = `
#controls{display:flex;flex-wrap:wrap;gap:.7rem;align-items:end;margin-bottom:.5rem}
#controls[hidden]{display:none}
#controls label{display:flex;flex-direction:column;color:var(--soft);font-size:.86rem;gap:.15rem}
#controls label:first-child{flex:1 1 16rem}
#controls input,#controls select{background:var(--card);color:var(--text);border:1px solid var(--line);border-radius:.5rem;padding:.4rem .6rem;min-width:0;max-width:100%;font-size:1rem}
#controls ::placeholder{color:var(--soft);opacity:1}
#count{color:var(--soft);font-size:.9rem;min-height:1.4em}
.frame{overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.frame.tall{max-height:82vh}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:.93rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .8rem;border-top:1px solid var(--line)}
thead th{position:sticky;top:0;z-index:2;background:var(--dim-bg);border-top:0;font-size:.86rem;white-space:nowrap}
tbody tr:first-child>*{border-top:0}
tbody th{font-weight:550;overflow-wrap:anywhere}
#matrix tbody th{position:sticky;left:0;z-index:1;background:var(--card);min-width:9rem;max-width:24rem}
#matrix thead th:first-child{left:0;z-index:3}
#matrix td{white-space:nowrap}
#matrix td b{font-weight:700}
#matrix td code{color:var(--text)}
#matrix tbody tr:hover>*{background:light-dark(#f2f5fa,#1c222c)}
.none{color:var(--soft)}
.sort,.open{background:none;border:0;padding:0;font:inherit;text-align:left;border-radius:.2rem}
.sort::after{content:" \\2195";content:" \\2195" / "";color:var(--soft)}
[aria-sort=ascending] .sort::after{content:" \\2191";content:" \\2191" / "";color:var(--text)}
[aria-sort=descending] .sort::after{content:" \\2193";content:" \\2193" / "";color:var(--text)}
.open::before{content:"\\25B8";content:"\\25B8" / "";display:inline-block;width:1.1em;color:var(--soft)}
.open[aria-expanded=true]::before{content:"\\25BE";content:"\\25BE" / ""}
.open:hover,.sort:hover{text-decoration:underline}
#matrix .more td{white-space:normal;background:var(--page);padding:.8rem 1rem}
.more .copy{margin:0 0 .8rem}
.more .copy p{margin:.1rem 0;overflow-wrap:anywhere}
.more ol{margin:.3rem 0 0;padding-left:1.2rem}
.more li small{margin-left:.6rem}
button.small{padding:0 .5rem;font-size:.8rem}
tr:target>*{background:var(--yellow-bg)!important}
.figures td{font-variant-numeric:tabular-nums}
.figures th small{display:block;font-weight:400}
@media (max-width:40rem){
th,td{padding:.4rem .5rem}
#matrix tbody th{min-width:8.5rem;max-width:9.5rem;font-size:.86rem}
.figures{min-width:44rem}
#controls label{flex:1 1 8rem}
}
`;
