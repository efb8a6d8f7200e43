import{parseCertificates}from"./library-chunk-PO75ZY64.js";import"./library-chunk-UFHINYEI.js";import"./library-chunk-FVXRMF7G.js";import"./library-chunk-TQPG33I4.js";export{parseCertificates};
