// The object `android` of cable boxes with a WebView: calls by name, seconds, events to
// window.onEvent. The window tells when it is ready, and refuses the first film.
(() => {
  let tape = null;
  let refusals = 1;

  const tell = (event) => window.onEvent && window.onEvent(event);

  window.android = {
    create_miniPlayer(...shares) {
      if (shares.some((share) => typeof share !== "string")) throw new Error("text only");
      setTimeout(() => tell({ type: 2, reason: "" }), 20); // the window opens, says "complete"
      setTimeout(() => tell({ type: 3, reason: "" }), 100);
      return 4;
    },
    play_urlVideo(id, url, from_s) {
      if (id !== 4 || refusals > 0) {
        refusals -= 1;
        return -1;
      }
      tape = new window.Tape({
        begun: () => tell({ type: 0 }),
        ended: () => tell({ type: 2 }),
        failed: () => tell({ type: 1, errortype: 1, errorreson: "" }),
      });
      tape.open(url, from_s);
      return 0;
    },
    pause_miniPlayer: () => tape.halt(),
    go_on_play: () => tape.run(),
    miniPlayer_seekTo: (id, to_s) => tape.move(to_s),
    get_miniVideo_current: () => (tape ? Math.floor(tape.position_s) : null),
    get_miniPlayer_duration: () => (tape ? Math.floor(tape.duration_s) : null),
    stop_miniPlayer: () => tape && tape.halt(),
    destroy_miniPlayer: () => tape && tape.close(),
    bringToForeground: (plane) => (window.plane = plane),
    get_device_id: () => "GDJL2-0042",
    finish: () => (window.hasLeft = "finish"),
  };
})();
