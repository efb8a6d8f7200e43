import{compileRegexp,compileSearch}from"./library-chunk-CLDJ6XO4.js";import"./library-chunk-TQPG33I4.js";export{compileRegexp,compileSearch};
