var RULE_LEVELS=["index","each-platform","either"];export{RULE_LEVELS};
