// MediaPlayer, Utility and Authentication as IPTV boxes of China Telecom's specification
// have them: events wait in a queue and key 768 says that there is one.
(() => {
  const events = [];

  function tell(type, more) {
    events.push(JSON.stringify({ type, instance_id: 7, ...more }));
    for (const kind of ["keydown", "keypress"]) {
      document.dispatchEvent(new KeyboardEvent(kind, { keyCode: 768, bubbles: true }));
    }
  }

  window.Utility = {
    getEvent: () => events.shift() || "",
    getSystemInfo: (name) => (name === "SID" ? "SID-1" : ""),
  };

  window.Authentication = {
    CTCGetConfig: (name) => ({ STBID: "00100399007018700000A0B1C2D3E4F5", UserID: "gz8520001" })[name],
  };

  window.MediaPlayer = class {
    getNativePlayerInstanceID() {
      return 7;
    }

    initMediaPlayer(instance, playListFlag, videoDisplayMode, height, width) {
      if (arguments.length !== 14 || instance !== 7) throw new Error("initMediaPlayer");
      this.area = [width, height];
      return 0;
    }

    setVideoDisplayArea() {}
    setVideoDisplayMode() {}
    setAllowTrickmodeFlag() {}
    setNativeUIFlag() {}
    setMuteUIFlag() {}
    setAudioVolumeUIFlag() {}
    refreshVideoDisplay() {}

    setSingleMedia(description) {
      // Read as these boxes do: as JavaScript.
      this.media = new Function(`return ${description}`)()[0];
    }

    playFromStart() {
      this.tape = new window.Tape({
        begun: () => tell("EVENT_MEDIA_BEGINING"),
        ended: () => tell("EVENT_MEDIA_END"),
        failed: () => tell("EVENT_MEDIA_ERROR", { error_code: 27 }),
      });
      this.tape.open(this.media.mediaUrl, 0);
    }

    playByTime(type, time) {
      // On one kind of box this does nothing.
      if (type === 1 && !window.boxCannotSeek) this.tape.move(Number(time));
    }

    pause() {
      this.tape.halt();
      tell("EVENT_PLAYMODE_CHANGE", { new_play_mode: 1, old_play_mode: 2 });
    }

    resume() {
      this.tape.run();
      tell("EVENT_PLAYMODE_CHANGE", { new_play_mode: 2, old_play_mode: 1 });
    }

    getCurrentPlayTime() {
      return Math.floor(this.tape.position_s);
    }

    getMediaDuration() {
      return this.tape.duration_s ? Math.floor(this.tape.duration_s) : NaN;
    }

    stop() {
      this.tape.halt();
    }

    releaseMediaPlayer(instance) {
      if (instance === 7) this.tape.close();
    }
  };
})();
