import{attachAction,listAction,runAction}from"./chunks/chunk-SQL5KHS2.js";import"./chunks/chunk-WPHRUPGK.js";await runAction([attachAction,listAction]);
