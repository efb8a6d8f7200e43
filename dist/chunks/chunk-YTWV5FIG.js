var VERSION="1.0.0";export{VERSION};
