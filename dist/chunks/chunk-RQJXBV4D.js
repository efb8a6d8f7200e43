var HEAL_STATE="heal";export{HEAL_STATE};
