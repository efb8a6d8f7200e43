import{parseCertificates}from"./library-chunk-Q74XG7T7.js";import"./library-chunk-UFHINYEI.js";import"./library-chunk-AZ674MVK.js";import"./library-chunk-TQPG33I4.js";export{parseCertificates};
