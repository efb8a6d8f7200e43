function policyPlace({at},used){return used?.digest===void 0||at.file!==used.policy.origin?void 0:at}export{policyPlace};
