document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("headway-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's preference holds.
}
