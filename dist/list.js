import{listAction,runAction}from"./chunks/chunk-WOI5ZCEQ.js";import"./chunks/chunk-WPHRUPGK.js";await runAction([listAction]);
