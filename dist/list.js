import{listAction,runAction}from"./chunks/chunk-A3UUABHE.js";import"./chunks/chunk-WPHRUPGK.js";await runAction([listAction]);
