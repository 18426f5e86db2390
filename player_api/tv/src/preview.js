// ?preview=<course id>: an editor looks at a course that is not on the menu yet. The page
// asks the studio instead of the player API and keeps nothing, so that no event of it
// waits in the store for a real box's next visit.
(function (nk) {
  'use strict';

  var course = nk.parameters(location.search).preview;

  if (!/^\d+$/.test(course || '')) { return; }
  nk.preview = true;
  nk.api = '/api/studio/preview/' + course + '/';
  nk.menuName = 'menu';
  nk.box_store = nk.storeOn(null);
  nk.visit_store = nk.storeOn(null);
}(window.nk));
