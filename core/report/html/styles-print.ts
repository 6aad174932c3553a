/** On paper: all rows, in black on white, and nothing that has to be pressed. */
export const PRINT_STYLES = `
@media print{
:root,:root[data-theme]{color-scheme:light;--page:#fff}
body{font-size:10pt}
main,footer{max-width:none;padding:0}
.top,.skip,#controls,#count,#none,button.small{display:none!important}
#matrix tbody tr[hidden]:not(.more){display:table-row}
.frame,.frame.tall{overflow:visible;max-height:none;border-radius:0}
thead{display:table-header-group}
thead th,#matrix tbody th{position:static}
tr,.cards>li,.timelines>div{break-inside:avoid}
h2{break-after:avoid}
.sort::after,.open::before{content:none!important}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
