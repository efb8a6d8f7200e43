import{createHash}from"./chunk-SNQDQOKN.js";function commentMarker(key){return`<!-- oci-referrers verify ${createHash("sha256").update(key).digest("hex").slice(0,32)} -->`}export{commentMarker};
