import{__commonJS}from"./chunk-Y5V6D4GA.js";var require_url=__commonJS({"builtin-require:url"(exports,module){module.exports=process.getBuiltinModule("node:url")}});export{require_url};
