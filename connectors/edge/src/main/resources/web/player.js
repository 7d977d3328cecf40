import { streamName } from './format.js';

const PAUSE = 'M7 5h4v14H7zM13 5h4v14h-4z';
const PLAY = 'M8 5v14l11-7z';
const MUTED = 'M4 9v6h4l5 4V5L8 9zM16 9l5 6M21 9l-5 6';
const LOUD = 'M4 9v6h4l5 4V5L8 9zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11';
const RETRY_MS = 2000;

/** Plays one stream at a time and lets the viewer choose its rendition. */
export class Player {
  constructor(document) {
    const part = (id) => document.getElementById(id);
    this.video = part('video');
    this.curtain = part('curtain');
    this.live = part('live');
    this.title = part('playing');
    this.levels = part('levels');
    this.facts = part('facts');
    this.buttons = { play: part('play'), mute: part('mute'), full: part('full') };
    this.manifest = null;
    this.hls = null;
    this.bind();
  }

  bind() {
    const { video, buttons } = this;
    buttons.play.addEventListener('click', () => this.toggle());
    buttons.mute.addEventListener('click', () => { video.muted = !video.muted; });
    buttons.full.addEventListener('click', () => {
      if (document.fullscreenElement) {
        document.exitFullscreen();
      } else if (video.requestFullscreen) {
        video.requestFullscreen();
      } else if (video.webkitEnterFullscreen) {
        video.webkitEnterFullscreen();
      }
    });
    for (const event of ['play', 'pause', 'volumechange', 'playing']) {
      video.addEventListener(event, () => this.refresh());
    }
    video.addEventListener('playing', () => {
      this.curtain.hidden = true;
      this.live.hidden = false;
    });
    this.levels.addEventListener('keydown', (event) => this.arrow(event));
    setInterval(() => this.measure(), 1000);
  }

  toggle() {
    if (this.video.paused) {
      this.toLiveEdge();
      this.start();
    } else {
      this.video.pause();
    }
  }

  toLiveEdge() {
    const edge = this.hls && this.hls.liveSyncPosition;
    if (edge && edge > this.video.currentTime) {
      this.video.currentTime = edge;
    }
  }

  start() {
    this.video.play().catch(() => this.say('Press play to start'));
  }

  say(text) {
    this.curtain.textContent = text;
    this.curtain.hidden = false;
    this.live.hidden = true;
  }

  /** Plays nothing, and says why. */
  leave(text = '') {
    if (this.manifest !== null) {
      this.stop();
      this.manifest = null;
      this.title.textContent = 'No stream chosen';
      for (const button of Object.values(this.buttons)) {
        button.disabled = true;
      }
    }
    if (text && this.curtain.textContent !== text) {
      this.say(text);
    }
  }

  play(row) {
    this.stop();
    this.manifest = row.manifest;
    this.source = row.playlist;
    this.title.textContent = streamName(row.manifest);
    this.say('Loading ' + streamName(row.manifest));
    for (const button of Object.values(this.buttons)) {
      button.disabled = false;
    }
    if (window.Hls && window.Hls.isSupported()) {
      this.attach();
    } else if (this.video.canPlayType('application/vnd.apple.mpegurl')) {
      this.video.src = row.playlist;
      this.start();
    } else {
      this.say('This browser cannot play HLS');
    }
  }

  attach() {
    const { Hls } = window;
    const hls = new Hls({ workerPath: '/assets/hls.worker.js', liveSyncDurationCount: 3 });
    this.hls = hls;
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      this.showLevels();
      this.start();
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => this.showLevels());
    hls.on(Hls.Events.ERROR, (name, error) => this.mend(error));
    hls.loadSource(this.source);
    hls.attachMedia(this.video);
  }

  /** Live streams come and go: whatever is fatal to hls.js is tried again. */
  mend(error) {
    if (!error.fatal) {
      return;
    }
    if (error.type === window.Hls.ErrorTypes.MEDIA_ERROR && !this.mended) {
      this.mended = true;
      this.hls.recoverMediaError();
      return;
    }
    this.mended = false;
    this.say('Waiting for the stream');
    this.hls.destroy();
    this.hls = null;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.attach(), RETRY_MS);
  }

  stop() {
    clearTimeout(this.retry);
    if (this.hls) {
      this.hls.destroy();
      this.hls = null;
    }
    this.video.removeAttribute('src');
    this.levels.replaceChildren();
    this.mended = false;
    this.wanted = -1;
  }

  showLevels() {
    const choices = this.hls.levels
      .map((level, index) => ({ index, label: name(level) }))
      .reverse();
    const auto = this.hls.autoLevelEnabled;
    const playing = this.hls.levels[this.hls.currentLevel];
    const entries = [{ index: -1, label: auto && playing ? 'Auto · ' + name(playing) : 'Auto' }, ...choices];
    if (this.levels.children.length !== entries.length) {
      this.levels.replaceChildren(...entries.map((entry) => this.choice(entry.index)));
    }
    entries.forEach((entry, at) => {
      const button = this.levels.children[at];
      const checked = auto ? entry.index === -1 : entry.index === this.hls.loadLevel;
      button.dataset.level = entry.index;
      button.textContent = entry.label;
      button.setAttribute('aria-checked', String(checked));
      button.tabIndex = checked ? 0 : -1;
    });
  }

  choice(index) {
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('role', 'radio');
    button.dataset.level = index;
    button.addEventListener('click', () => this.choose(Number(button.dataset.level)));
    return button;
  }

  choose(level) {
    if (this.hls) {
      this.hls.nextLevel = level;
      this.showLevels();
    }
  }

  arrow(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const buttons = [...this.levels.children];
    const at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) {
      return;
    }
    event.preventDefault();
    const next = buttons[(at + step + buttons.length) % buttons.length];
    this.choose(Number(next.dataset.level));
    next.focus();
  }

  /** Takes the stream's counts for the line of facts. */
  describe(row) {
    this.row = row;
  }

  measure() {
    const facts = [];
    const { video } = this;
    if (this.manifest && video.videoWidth > 0) {
      facts.push(['Picture', video.videoWidth + '×' + video.videoHeight]);
    }
    if (this.hls && this.hls.latency > 0) {
      facts.push(['Behind live', this.hls.latency.toFixed(1) + ' s']);
    }
    if (this.row && this.row.manifest === this.manifest) {
      facts.push(['Segment', String(this.row.lastSeq)]);
    }
    this.facts.replaceChildren(...facts.map(([term, value]) => {
      const pair = document.createElement('div');
      const dt = document.createElement('dt');
      const dd = document.createElement('dd');
      dt.textContent = term;
      dd.textContent = value;
      pair.append(dt, dd);
      return pair;
    }));
  }

  refresh() {
    const { video, buttons } = this;
    buttons.play.setAttribute('aria-label', video.paused ? 'Play' : 'Pause');
    buttons.play.querySelector('path').setAttribute('d', video.paused ? PLAY : PAUSE);
    buttons.mute.setAttribute('aria-label', video.muted ? 'Unmute' : 'Mute');
    buttons.mute.querySelector('path').setAttribute('d', video.muted ? MUTED : LOUD);
  }
}

function name(level) {
  return level.height ? level.height + 'p' : Math.round(level.bitrate / 1000) + ' kbit/s';
}
