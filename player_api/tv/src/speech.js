// Reads aloud what has the focus, for those who read with difficulty. The engine's own voice,
// or that of the box's shell: window.nongkeVoice = {speak(text, language), stop()}.
(function (nk) {
  'use strict';

  var LOOK_MS = 250; // walking past many cards must not babble
  var seen = '';
  var said = '';
  var titled = '';

  function voiceOf(language) {
    var voices = (window.speechSynthesis && nk.attempt(function () {
      return window.speechSynthesis.getVoices();
    })) || [];
    return voices.filter(function (voice) { return (voice.lang || '').toLowerCase().indexOf(language) === 0; })[0];
  }

  nk.canSpeak = function () {
    return !!window.nongkeVoice || !!(window.SpeechSynthesisUtterance && voiceOf(nk.language));
  };

  // A box's voice may lack a call or break: never the key's or the page's fault.
  function hush() {
    nk.attempt(function () {
      if (window.nongkeVoice) { window.nongkeVoice.stop(); } else { window.speechSynthesis.cancel(); }
    });
  }

  function speak(text) {
    var words;
    if (window.nongkeVoice) { window.nongkeVoice.speak(text, nk.language); return; }
    words = new window.SpeechSynthesisUtterance(text);
    words.voice = voiceOf(nk.language);
    words.lang = words.voice.lang;
    words.rate = 0.9;
    window.speechSynthesis.speak(words);
  }

  function say(text) { nk.attempt(function () { speak(text); }); }

  function textOf(node) { return node.getAttribute('aria-label') || node.innerText || node.textContent; }

  // What lies on top has come last: the focus of a dialog after that of the screen below.
  function focused() {
    var all = nk.stage.getElementsByClassName('on');
    return all.length ? all[all.length - 1] : null;
  }

  // A new screen or dialog says its title first.
  function titleNow() {
    var dialog = nk.stage.getElementsByClassName('dialog')[0];
    var title = (dialog || nk.page).getElementsByClassName(dialog ? 'dialog-title' : 'screen-title')[0];
    return title ? title.textContent : '';
  }

  function silent() {
    return !nk.settings.speak || !nk.canSpeak() || /^#\/play/.test(nk.shownAddress());
  }

  function read(text) {
    var title = titleNow();
    said = text;
    say((title && title !== titled ? title + '。' : '') + text);
    titled = title;
  }

  // Looks often instead of being told by every screen: what was drawn late is read as well.
  // Read is what has stayed for one look.
  setInterval(function () {
    var node, text;
    if (silent()) { said = titled = ''; return; }
    node = focused();
    text = node ? textOf(node).replace(/\s+/g, ' ') : '';
    if (text && text !== said && text === seen) { read(text); }
    seen = text;
  }, LOOK_MS);

  // Whatever was being said, the next key is the answer to it.
  nk.addLayer(function () {
    if (nk.settings.speak && nk.canSpeak()) { hush(); }
    return false;
  });

  // Engines load their voices late: asked for now, known when somebody opens the settings.
  voiceOf('');
}(window.nk));
