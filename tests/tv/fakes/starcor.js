// The object `starcorExt`: everything goes through exec(), numbers and times as text in
// milliseconds, callbacks as further arguments; keys come by the bridge once it has the focus.
(() => {
  let tape = null;
  let keys = null;
  let focused = false;
  const listeners = {};

  const commands = {
    creatPlayer() {
      setTimeout(() => listeners.setOnPreparedListener?.("player-1"), 100);
      return "player-1";
    },
    playVideoByUrl(id, url, position) {
      tape = new window.Tape({
        begun: () => listeners.setOnBufferingListener?.(id, false, 100),
        ended: () => listeners.setOnCompleteListener?.(id),
        failed: () => listeners.setOnErrorListener?.(id, 1, ""),
      });
      tape.open(url, Number(position) / 1000);
    },
    play: () => tape.run(),
    pause: () => tape.halt(),
    seekTo: (id, position) => tape.move(Number(position) / 1000),
    getCurrentPosition: () => String(tape ? Math.floor(tape.position_s * 1000) : 0),
    getDuration: () => String(tape ? Math.floor(tape.duration_s * 1000) : 0),
    stop: () => tape && tape.halt(),
    destroy: () => tape && tape.close(),
    bringWebToFront: (colour) => (window.plane = colour),
  };

  window.starcorExt = {
    exec(command, ...given) {
      const callback = given.find((one) => typeof one === "function");
      if (given.some((one) => typeof one !== "string" && one !== callback)) throw new Error("text only");
      if (callback) {
        listeners[command] = callback;
        return "true";
      }
      if (!commands[command]) throw new Error(`no such command: ${command}`);
      return commands[command](...given);
    },
    requestFocus: () => (focused = true),
    setKeyEventHandler: (handler) => (keys = handler),
    readSystemProp: (name) => (name === "device.id" ? "8520 0000 1234" : "undefined"),
    closeBrwoser: (reason) => (window.hasLeft = reason),
  };

  // What the remote does: down and up, by the bridge alone.
  window.pressOnBox = (keyCode, keyName) => {
    if (!focused || !keys) return;
    // Some tell the action as android's number, as text at that.
    const [down, up] = window.tellsNumbers ? ["0", "1"] : ["keyDown", "keyUp"];
    keys(down, keyCode, keyName, 0);
    keys(up, keyCode, keyName, 0);
  };
})();
