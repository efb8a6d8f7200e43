var UNSAFE=/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;function renderJsonText(value){return`${JSON.stringify(value,void 0,2).replace(UNSAFE,c=>`\\u${c.charCodeAt(0).toString(16).padStart(4,"0")}`)}
`}export{renderJsonText};
