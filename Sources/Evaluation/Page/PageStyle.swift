/// The look of a report: light and dark, from a phone's width on.
package enum PageStyle {
  /// The rules of every report's page.
  package static let sheet = """
    :root{color-scheme:light dark;--ground:#fff;--ink:#1f2328;--soft:#59636e;--faint:#d8dee4;\
    --raised:#f6f8fa;--right:#1a7f37;--wrong:#8c959f}
    @media(prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--soft:#9198a1;\
    --faint:#30363d;--raised:#161b22;--right:#3fb950;--wrong:#6e7681}}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:1rem;max-width:66rem;background:var(--ground);color:var(--ink);\
    font:15px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC","Noto Color Emoji",sans-serif}
    h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem}
    h3{font-size:1.05rem;margin:1.5rem 0 .25rem}h4{font-size:.9rem;margin:1rem 0 .25rem;\
    color:var(--soft);font-weight:600}
    p{margin:.25rem 0}.soft{color:var(--soft)}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}
    dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.5rem}
    .card{background:var(--raised);border:1px solid var(--faint);border-radius:8px;\
    padding:.5rem .75rem}.card b{display:block;font-size:1.5rem;line-height:1.3}
    .card span{display:block;font-size:.8rem;color:var(--soft)}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));\
    gap:1rem}
    .charts svg{width:100%;height:auto;max-width:36rem}
    .problems{border-inline-start:4px solid #d4a72c;padding:.25rem .75rem;\
    background:var(--raised)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.85rem}
    th,td{padding:.2rem .6rem;text-align:end;white-space:nowrap;\
    border-bottom:1px solid var(--faint)}
    th:first-child,td:first-child{text-align:start;position:sticky;inset-inline-start:0;\
    background:var(--ground)}
    tfoot td,tfoot th{font-weight:600}
    .queries{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));\
    gap:.5rem}
    .query{background:var(--raised);border:1px solid var(--faint);border-radius:8px;\
    padding:.5rem;min-width:0}
    .query header{display:flex;gap:.5rem;align-items:center;margin-bottom:.4rem}
    .query header strong{flex:1;min-width:0;overflow-wrap:anywhere;font-weight:600}
    .rank{font-size:.8rem;color:var(--soft);white-space:nowrap}
    .hits{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;margin:0;padding:0}
    .hits li{font-size:.72rem;color:var(--soft);text-align:center;width:3.4rem}
    .captions{list-style:none;margin:0;padding:0;font-size:.85rem}
    .captions li{display:flex;gap:.4rem;overflow-wrap:anywhere}
    .captions bdi{flex:1;min-width:0}
    .picture{display:flex;width:3.4rem;height:3.4rem;border:2px solid var(--faint);\
    border-radius:6px;background:#fff center/contain no-repeat;overflow:hidden;\
    print-color-adjust:exact;-webkit-print-color-adjust:exact;flex:none;color:#59636e;\
    font-size:.6rem;align-items:center;justify-content:center;overflow-wrap:anywhere}
    .right .picture{border:3px solid var(--right)}
    .right .sign{color:var(--right);font-weight:700}.sign{color:var(--wrong)}
    """
}
