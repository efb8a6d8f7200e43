var SHORT_TRUST={certificate:"sigstore",key:"key"},INPUTS={file:"inputs"};export{SHORT_TRUST,INPUTS};
