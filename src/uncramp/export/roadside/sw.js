// Keeps the roadside page on this phone and answers from there first. The name of the cache is its
// content, so that a new page is a new cache; the old one goes when the new one is whole.
var KEPT = "uncramp-now-", CACHE = KEPT + "{version}", FILES = {files};

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(CACHE).then(function (cache) {
    return cache.addAll(FILES.map(function (file) { return new Request(file, { cache: "reload" }); }));
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) {
      return name.indexOf(KEPT) === 0 && name !== CACHE;
    }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

self.addEventListener("fetch", function (event) {
  var address = event.request.url.replace(/[?#].*/, "").replace(/\/index\.html$/, "/");
  if (event.request.method !== "GET") return;
  event.respondWith(caches.open(CACHE).then(function (cache) {
    return cache.match(address);
  }).then(function (found) { return found || fetch(event.request); }));
});
