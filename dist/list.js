import{listAction,runAction}from"./chunks/chunk-SSTHU3DT.js";import"./chunks/chunk-WPHRUPGK.js";await runAction([listAction]);
