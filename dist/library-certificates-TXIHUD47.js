import{parseCertificates}from"./library-chunk-KC5CJPZ4.js";import"./library-chunk-UFHINYEI.js";import"./library-chunk-AZ674MVK.js";import"./library-chunk-TQPG33I4.js";export{parseCertificates};
