var TIMESTAMP_HEADER="io.cncf.notary.timestampSignature";export{TIMESTAMP_HEADER};
