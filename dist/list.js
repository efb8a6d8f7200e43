import{listAction,runAction}from"./chunks/chunk-VWN6W7MH.js";import"./chunks/chunk-WPHRUPGK.js";await runAction([listAction]);
