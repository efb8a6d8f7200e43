import{__commonJS}from"./chunk-Y5V6D4GA.js";var require_buffer=__commonJS({"builtin-require:buffer"(exports,module){module.exports=process.getBuiltinModule("node:buffer")}});export{require_buffer};
