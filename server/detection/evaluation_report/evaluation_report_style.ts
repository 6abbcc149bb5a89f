/** Blue and orange tell apart for colour-blind readers too (Okabe & Ito 2008); both themes reach WCAG AA contrast. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--page:#f4f6f9;--card:#fff;--line:#dfe4ec;--grid:#e9edf3;--text:#1b2433;--faint:#5b677a;
--normal:#4a7fb5;--anomalous:#d9660b;--anomalous-soft:#d9660b33;--curve:#2f6db0;--area:#2f6db01f;--threshold:#a3195b;--good:#1a7f5a;--both:#6a3fa0;--shade:#4a7fb51c;
--critical:#b3123c;--major:#b84a00;--minor:#8a6500;--warning:#4d6480}
@media (prefers-color-scheme:dark){:root{--page:#11161f;--card:#1a212d;--line:#2d3747;--grid:#283140;--text:#e6ebf3;--faint:#9aa7ba;
--normal:#6ea3da;--anomalous:#f59a4a;--anomalous-soft:#f59a4a40;--curve:#7fb3ea;--area:#7fb3ea26;--threshold:#ff7fb2;--good:#4fc89a;--both:#b794f0;--shade:#6ea3da22;
--critical:#ff7a95;--major:#ffa366;--minor:#e8c264;--warning:#a9bbd2}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1200px;margin:0 auto;padding:32px 20px 48px}
h1{font-size:26px;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:16px;margin:0 0 2px}
p{margin:0}
.faint,.hint{color:var(--faint)}
.hint{font-size:13px;margin-bottom:12px}
.version{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px;color:var(--faint);overflow-wrap:anywhere}
header p{margin-top:6px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin:24px 0 16px}
.figures div,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
.figures div{padding:14px 16px}
.figures b{display:block;font-size:25px;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.figures span{font-size:13px;color:var(--faint)}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}
.wide{grid-column:1/-1}
section{padding:18px 20px 16px;min-width:0}
svg{display:block;width:100%;height:auto}
svg text{font-size:12px;fill:var(--faint)}
svg .title{font-size:12px}
svg .name{font-size:13px;fill:var(--text)}
.axis line{stroke:var(--grid)}
.axis .base{stroke:var(--line)}
.row{stroke:var(--grid)}
.normal{fill:var(--normal);fill-opacity:.75}
.anomalous{fill:var(--anomalous);fill-opacity:.85}
.missed{fill:var(--anomalous-soft);stroke:var(--anomalous);stroke-width:.8}
.curve{fill:none;stroke:var(--curve);stroke-width:2;stroke-linejoin:round}
.area{fill:var(--area)}
.chance{stroke:var(--faint);stroke-dasharray:3 4;stroke-opacity:.7}
.threshold{stroke:var(--threshold);stroke-width:1.5;stroke-dasharray:5 4}
svg .threshold-label{fill:var(--threshold)}
svg .figure{font-size:15px;font-weight:600;fill:var(--text)}
.operating{fill:var(--card);stroke:var(--threshold);stroke-width:2.5}
.dot{fill:var(--curve);fill-opacity:.75}
.dot-missed{fill:none;stroke:var(--anomalous);stroke-width:1.6}
.missed-zone{fill:var(--anomalous-soft);fill-opacity:.35}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--faint);margin-bottom:8px}
.legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:6px;vertical-align:-1px}
.legend .l-normal{background:var(--normal)}.legend .l-anomalous{background:var(--anomalous)}
.legend .l-missed{background:var(--anomalous-soft);box-shadow:inset 0 0 0 1px var(--anomalous)}
.legend .l-threshold{background:none;border-top:2px dashed var(--threshold);height:4px;border-radius:0;width:16px;vertical-align:2px}
.legend .l-operating{border-radius:50%;box-shadow:inset 0 0 0 2.5px var(--threshold)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;font-size:13px;color:var(--faint);text-align:left;white-space:nowrap}
th,td{padding:8px 10px;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child td{border-bottom:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.bar{display:inline-block;width:90px;height:8px;border-radius:4px;background:var(--grid);overflow:hidden;vertical-align:1px;margin-right:10px}
.bar i{display:block;height:100%;background:var(--good)}
.matrix td,.matrix th{border:0;text-align:center}
.matrix{table-layout:fixed;border-spacing:6px;border-collapse:separate}
.matrix td{border-radius:8px;padding:26px 8px}
.matrix td b{display:block;font-size:24px;line-height:1.25;font-variant-numeric:tabular-nums}
.matrix td span{font-size:13px;color:var(--faint)}
.matrix .right{background:var(--shade)}
.matrix .wrong{background:var(--anomalous-soft)}
.matrix th[scope=row]{width:96px;text-align:right;vertical-align:middle}
.badge{display:inline-block;padding:1px 9px;border-radius:10px;font-size:12px;font-weight:600;border:1px solid currentColor;white-space:nowrap}
.critical{color:var(--critical)}.major{color:var(--major)}.minor{color:var(--minor)}.warning{color:var(--warning)}
.why{overflow-wrap:anywhere;min-width:460px;width:60%}
.why.narrow{min-width:300px;width:42%}
.why code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;display:block}
.why p{color:var(--faint);font-size:13px}
.nowrap{white-space:nowrap}
.notes{margin-top:16px}
h2.part{font-size:20px;margin:36px 0 4px}
details{margin-top:16px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:0 20px}
details[open]{background:none}
summary{cursor:pointer;padding:14px 0;font-weight:600}
summary .faint{font-weight:400;margin-left:8px}
.unit{display:inline-block;padding:1px 9px;border-radius:10px;font-size:12px;border:1px solid var(--line);margin:0 4px 4px 0;white-space:nowrap}
.unit::before{content:"";display:inline-block;width:8px;height:8px;border-radius:4px;margin-right:6px}
.u-log,.unit.u-log::before{fill:var(--curve);background:var(--curve)}
.u-bucket,.unit.u-bucket::before{fill:var(--good);background:var(--good)}
.u-both,.unit.u-both::before{fill:var(--both);background:var(--both)}
.unit{background:none!important}
.u-missed{fill:var(--anomalous-soft);stroke:var(--anomalous);stroke-width:1.2}
.false-alarm{stroke:var(--anomalous);stroke-width:1.4;stroke-opacity:.8}
.legend .l-u-log{background:var(--curve)}.legend .l-u-bucket{background:var(--good)}.legend .l-u-both{background:var(--both)}
.legend .l-u-missed{background:var(--anomalous-soft);box-shadow:inset 0 0 0 1px var(--anomalous)}
.legend .l-false-alarm{background:none;border-left:2px solid var(--anomalous);border-radius:0;width:3px}
footer{margin-top:20px;font-size:13px;color:var(--faint)}
@media (max-width:820px){.grid{grid-template-columns:minmax(0,1fr)}main{padding:20px 12px}}
@media print{body{background:#fff}section,.figures div{break-inside:avoid}}
`;
