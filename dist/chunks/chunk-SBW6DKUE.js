import{renderErrorLines}from"./chunk-RZC3O3TE.js";function reportErrors(errors,{stdout,stderr,styles},format){if(!(format==="text"&&stdout.isTTY===!0&&stderr.isTTY===!0)){for(let error of new Set(errors))if(error!==void 0)for(let line of renderErrorLines(error,styles.stderr))stderr.write(`${line}
`)}}export{reportErrors};
