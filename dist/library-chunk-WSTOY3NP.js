function brokenEvidence(state,reason){return{signed:"broken",state,reason}}function isBroken(value){return"signed"in value&&value.signed==="broken"}export{brokenEvidence,isBroken};
