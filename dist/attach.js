import{attachAction,runAction}from"./chunks/chunk-P5EUI32H.js";import"./chunks/chunk-WPHRUPGK.js";await runAction([attachAction]);
