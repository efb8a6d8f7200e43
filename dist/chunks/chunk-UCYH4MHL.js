import{__commonJS}from"./chunk-Y5V6D4GA.js";var require_util=__commonJS({"builtin-require:util"(exports,module){module.exports=process.getBuiltinModule("node:util")}});export{require_util};
