var EXIT_CODES={pass:0,fail:1,unknown:3};function verifyExitCode({verdict,mode}){return mode==="warn"?0:EXIT_CODES[verdict]}export{verifyExitCode};
