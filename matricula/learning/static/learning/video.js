// Goes on where the reader stopped, and says every ten seconds how far they are.

const EVERY_SECONDS = 10;

for (const video of document.querySelectorAll("video[data-save]")) {
  let said = Number(video.dataset.position);

  const resume = () => {
    if (said > 0 && said < video.duration - 3) video.currentTime = said;
  };
  if (video.readyState >= 1) resume();
  else video.addEventListener("loadedmetadata", resume, { once: true });

  const say = () => {
    const seconds = Math.floor(video.currentTime);
    if (seconds === said) return;
    said = seconds;
    const body = new URLSearchParams({ seconds, csrfmiddlewaretoken: video.dataset.token });
    fetch(video.dataset.save, { method: "POST", body, keepalive: true });
  };
  video.addEventListener("timeupdate", () => Math.abs(video.currentTime - said) >= EVERY_SECONDS && say());
  video.addEventListener("pause", say);
  document.addEventListener("visibilitychange", () => document.hidden && say());
}
