// A film as a box's own decoder plays it: reads the playlist, runs by the clock, tells the
// box's object how it goes. The box's objects of the other files are made on it.
window.Tape = class {
  constructor(tells) {
    this.tells = tells;
    this.duration_s = 0;
    this.from_s = 0;
    this.since_ms = null; // null: stands still
    window.tape = this; // for tests to look at
  }

  get position_s() {
    const ran_s = this.since_ms === null ? 0 : (performance.now() - this.since_ms) / 1000;
    return Math.min(this.from_s + ran_s, this.duration_s);
  }

  get paused() {
    return this.since_ms === null;
  }

  // A box knows no page that an address could be relative to.
  async open(address, from_s) {
    this.opened = address;
    this.from_s = from_s;
    try {
      const url = new URL(address);
      const master = await this.read(url);
      const media = await this.read(new URL(/^[^#].*m3u8.*$/m.exec(master)[0], url));
      const lengths = [...media.matchAll(/#EXTINF:([\d.]+)/g)].map((found) => Number(found[1]));
      this.duration_s = lengths.reduce((sum, length) => sum + length, 0);
    } catch {
      if (this.opened === address) this.tells.failed();
      return;
    }
    if (this.opened !== address) return;
    this.run();
    this.tells.begun();
    this.watch = setInterval(() => {
      if (this.position_s < this.duration_s) return;
      clearInterval(this.watch);
      this.tells.ended();
    }, 50);
  }

  async read(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  run() {
    if (this.since_ms === null) this.since_ms = performance.now();
  }

  halt() {
    this.from_s = this.position_s;
    this.since_ms = null;
  }

  move(to_s) {
    const ran = this.since_ms !== null;
    this.from_s = to_s;
    this.since_ms = ran ? performance.now() : null;
  }

  close() {
    clearInterval(this.watch);
    this.opened = null;
    this.since_ms = null;
    this.closed = true;
  }
};
