import{createHash}from"./chunk-SWZZK3YT.js";function commentMarker(key){return`<!-- oci-referrers verify ${createHash("sha256").update(key).digest("hex").slice(0,32)} -->`}export{commentMarker};
