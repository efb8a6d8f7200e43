import{byteLength,truncateBytes}from"./chunk-3T3YE4PH.js";import{escapeHtml,escapeMarkdownCell}from"./chunk-4JERVTHA.js";var MAX_CELL_BYTES=256;function markdownText(text,maxBytes=MAX_CELL_BYTES){return escapeMarkdownCell(truncateBytes(text,maxBytes))}function markdownCode(text,maxBytes=MAX_CELL_BYTES){return text===""?"":`<code>${markdownText(text,maxBytes)}</code>`}function markdownName(text,maxBytes=MAX_CELL_BYTES){return markdownCode(text,maxBytes).replaceAll(/\/(?!code>)/g,"/<wbr>")}function markdownPre(lines){return`<pre>${lines.map(escapeHtml).join(`
`)}</pre>`}function markdownDetails(summary,body){return`<details>
<summary>${summary}</summary>

${body}

</details>`}function markdownTable(header,rows){return[header,header.map(()=>"---"),...rows].map(tableRow).join(`
`)}function tableRow(cells){return`| ${cells.join(" | ")} |`}var BoundedPage=class{#blocks=[];#left;constructor(maxBytes){this.#left=maxBytes}add(block){let bytes=byteLength(block)+BLANK_LINE;return bytes>this.#left?!1:(this.#left-=bytes,this.#blocks.push(block),!0)}addTable(header,rows){let lines=[tableRow(header),tableRow(header.map(()=>"---"))],left=this.#left-byteLength(lines.join(`
`))-BLANK_LINE-MORE_ROWS_BYTES,shown=0;for(let cells of rows){let line=tableRow(cells);if(left-=byteLength(line)+1,left<0)break;lines.push(line),shown++}return shown>0&&!this.add(lines.join(`
`))&&(shown=0),shown<rows.length&&this.add(moreRows(rows.length-shown)),shown===rows.length}toString(){return`${this.#blocks.join(`

`)}
`}},BLANK_LINE=2,MORE_ROWS_BYTES=120;function moreRows(count){return`… and ${count} more ${count===1?"row":"rows"} that a summary has no room for.`}export{markdownText,markdownCode,markdownName,markdownPre,markdownDetails,markdownTable,BoundedPage};
