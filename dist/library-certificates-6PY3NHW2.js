import{parseCertificates}from"./library-chunk-SH4RN77L.js";import"./library-chunk-UFHINYEI.js";import"./library-chunk-MBOM4BRP.js";import"./library-chunk-TQPG33I4.js";export{parseCertificates};
