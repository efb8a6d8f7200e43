import{byteLength,truncateBytes}from"./chunk-WMP4IBL6.js";import{plural,renderEconomyLine}from"./chunk-BZYFHNY5.js";import{escapeHtml,escapeMarkdownCell,escapeMermaidLabel}from"./chunk-A3UUABHE.js";var MAX_CELL_BYTES=256;function markdownText(text,maxBytes=MAX_CELL_BYTES){return escapeMarkdownCell(truncateBytes(text,maxBytes))}function markdownCode(text,maxBytes=MAX_CELL_BYTES){return text===""?"":`<code>${markdownText(text,maxBytes)}</code>`}function markdownName(text,maxBytes=MAX_CELL_BYTES){return markdownCode(text,maxBytes).replaceAll(/\/(?!code>)/g,"/<wbr>")}function markdownPre(lines){return`<pre>${lines.map(escapeHtml).join(`
`)}</pre>`}function markdownDetails(summary,body){return`<details>
<summary>${summary}</summary>

${body}

</details>`}function tableRow(cells){return`| ${cells.join(" | ")} |`}var BoundedPage=class{#blocks=[];#left;constructor(maxBytes){this.#left=maxBytes}add(block){let bytes=byteLength(block)+BLANK_LINE;return bytes>this.#left?!1:(this.#left-=bytes,this.#blocks.push(block),!0)}addTable(header,rows){let lines=[tableRow(header),tableRow(header.map(()=>"---"))],left=this.#left-byteLength(lines.join(`
`))-BLANK_LINE-MORE_ROWS_BYTES,shown=0;for(let cells of rows){let line=tableRow(cells);if(left-=byteLength(line)+1,left<0)break;lines.push(line),shown++}return shown>0&&!this.add(lines.join(`
`))&&(shown=0),shown<rows.length&&this.add(moreRows(rows.length-shown)),shown===rows.length}toString(){return`${this.#blocks.join(`

`)}
`}},BLANK_LINE=2,MORE_ROWS_BYTES=120;function moreRows(count){return`… and ${count} more ${count===1?"row":"rows"} that a summary has no room for.`}var DEFAULT_MAX_NODES=40,MAX_LINE_BYTES=60;function renderMermaid(root,maxNodes=DEFAULT_MAX_NODES){let count=countNodes(root,maxNodes);if(count>maxNodes||count===1)return;let lines=[],next=0,add=({texts,kind,children})=>{let id=`n${next++}`,[open,close]=isSubject(kind)?["([","])"]:["[","]"],label=texts.filter(text=>text!=="").map(labelLine);lines.push(`  ${id}${open}"${label.join("<br/>")}"${close}:::${kind}`);for(let child of children){let childId=add(child);lines.push(`  ${id} ${isSubject(child.kind)?"===":"-.-"} ${childId}`)}return id};return add(root),["```mermaid","graph LR",...lines,...CLASSES,"```"].join(`
`)}var CLASSES=["  classDef subject stroke-width:2px","  classDef missing stroke:#cf222e,stroke-dasharray:5 5","  classDef referrer stroke:#2da44e","  classDef way stroke-dasharray:2 2","  classDef failed stroke:#cf222e"];function isSubject(kind){return kind==="subject"||kind==="missing"}function countNodes(node,limit){let count=1;for(let child of node.children){if(count>limit)break;count+=countNodes(child,limit-count)}return count}function labelLine(text){return escapeMermaidLabel(truncateBytes(text,MAX_LINE_BYTES))}var MAX_SUMMARY_BYTES=900*1024,MAX_WARNINGS=50,MAX_MESSAGE_BYTES=1024;function renderVerdict(error,found,clean){if(error===void 0)return`${clean?"✅":"⚠️"} ${found}`;let hint=error.hint===void 0?"":`

> ${markdownText(error.hint,MAX_MESSAGE_BYTES)}`;return`❌ <b>${error.code}</b>: ${markdownText(error.message,MAX_MESSAGE_BYTES)}

${found}${hint}`}function renderSummaryFooter(warnings,economy){return[...warnings.length>0?[warningDetails(warnings)]:[],...economy===void 0?[]:[`<sub>${renderEconomyLine(economy)}</sub>`]].map(block=>`${block}
`).join(`
`)}function warningDetails(warnings){let shown=warnings.slice(0,MAX_WARNINGS).map(warningLine),more=warnings.length-shown.length,lines=[...shown,...more>0?[`- … and ${more} more in the log`]:[]];return markdownDetails(`⚠️ ${plural(warnings.length,"warning")}`,lines.join(`
`))}function warningLine({code,message}){return`- <b>${code}</b>: ${markdownText(message,MAX_MESSAGE_BYTES)}`}export{markdownText,markdownCode,markdownName,markdownPre,markdownDetails,BoundedPage,renderMermaid,MAX_SUMMARY_BYTES,renderVerdict,renderSummaryFooter};
