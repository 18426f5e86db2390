// MediaPlayer of China Telecom's IPTV specification, which many cable boxes have, too.
// Its events come as key 768 and by Utility.getEvent() (src/shell.js).
(function (nk) {
  'use strict';

  var FULL_SCREEN = 1;
  var BY_TIME = 1; // seconds from the beginning
  var MOST_INSTANCES = 256;

  // A description as the specification has it: keys without quotes.
  function description(url) {
    return '[{mediaUrl:"' + url + '",mediaCode:"nongke",mediaType:2,audioType:1,videoType:1,streamType:1,' +
      'drmType:1,fingerPrint:0,copyProtection:1,allowTrickmode:1,startTime:0,endTime:20000,entryID:"nongke"}]';
  }

  // Its own number, or on boxes without such a call the first that lets itself be bound.
  function instanceOf(media) {
    var at;
    if (media.getNativePlayerInstanceID) { return media.getNativePlayerInstanceID(); }
    for (at = 0; at < MOST_INSTANCES; at += 1) {
      if (Number(media.bindNativePlayerInstance(at)) === 0) { return at; }
    }
    return 0;
  }

  // The picture fills the screen; volume and mute keep the box's own signs.
  function prepare(media, instance) {
    nk.attempt(function () { media.initMediaPlayer(instance, 0, FULL_SCREEN, 720, 1280, 0, 0, 0, 0, 0, 0, 1, 0, 0); });
    nk.attempt(function () { media.setVideoDisplayArea(0, 0, 1280, 720); });
    nk.attempt(function () { media.setVideoDisplayMode(FULL_SCREEN); });
    nk.attempt(function () { media.setAllowTrickmodeFlag(0); }); // 0 allows
    nk.attempt(function () { media.setNativeUIFlag(0); });
    nk.attempt(function () { media.setMuteUIFlag(1); });
    nk.attempt(function () { media.setAudioVolumeUIFlag(1); });
    nk.attempt(function () { media.refreshVideoDisplay(); });
  }

  function make(on) {
    var media, instance;
    var player = nk.planePlayer(on, {
      load: function (url, start_s) {
        media = new window.MediaPlayer();
        instance = instanceOf(media);
        nk.onBoxEvent(function (type) {
          if (type === 'EVENT_MEDIA_BEGINING') { player.begun(); } // spelt so by the specification
          if (type === 'EVENT_MEDIA_END') { player.ended(); }
          if (type === 'EVENT_MEDIA_ERROR') { player.broken(); }
        });
        prepare(media, instance);
        media.setSingleMedia(description(url));
        media.playFromStart();
        if (start_s > 0) { media.playByTime(BY_TIME, Math.round(start_s), 1); }
      },
      play: function () { media.resume(); },
      pause: function () { media.pause(); },
      seek: function (position_s) { media.playByTime(BY_TIME, Math.round(position_s), 1); },
      position_s: function () { return media.getCurrentPlayTime(); },
      duration_s: function () { return media.getMediaDuration(); },
      stop: function () {
        nk.onBoxEvent(null);
        nk.attempt(function () { media.stop(); });
        nk.attempt(function () { media.releaseMediaPlayer(instance); });
      }
    });
    return player;
  }

  function here() { return !!window.MediaPlayer; }

  nk.players.push({ name: 'ctc', here: here, make: make });
}(window.nk));
