import{markdownDetails,markdownText}from"./chunk-YJFRSQBP.js";import{renderEconomyLine}from"./chunk-2FJL7AEU.js";import{plural}from"./chunk-TY6Q6I63.js";var MAX_SUMMARY_BYTES=900*1024,MAX_WARNINGS=50,MAX_MESSAGE_BYTES=1024;function renderVerdict(error,found,clean){if(error===void 0)return`${clean?"✅":"⚠️"} ${found}`;let hint=error.hint===void 0?"":`

> ${markdownText(error.hint,MAX_MESSAGE_BYTES)}`;return`❌ <b>${error.code}</b>: ${markdownText(error.message,MAX_MESSAGE_BYTES)}

${found}${hint}`}function renderSummaryFooter(warnings,economy){return[...warnings.length>0?[warningDetails(warnings)]:[],...economy===void 0?[]:[`<sub>${renderEconomyLine(economy)}</sub>`]].map(block=>`${block}
`).join(`
`)}function warningDetails(warnings){let shown=warnings.slice(0,MAX_WARNINGS).map(warningLine),more=warnings.length-shown.length,lines=[...shown,...more>0?[`- … and ${more} more in the log`]:[]];return markdownDetails(`⚠️ ${plural(warnings.length,"warning")}`,lines.join(`
`))}function warningLine({code,message}){return`- <b>${code}</b>: ${markdownText(message,MAX_MESSAGE_BYTES)}`}export{MAX_SUMMARY_BYTES,renderVerdict,renderSummaryFooter};
