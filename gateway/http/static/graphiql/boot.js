"use strict";

/** Starts GraphiQL with the settings of the JSON script tag: {endpoint, sample}. */
(() => {
  const place = document.getElementById("graphiql");
  const config = JSON.parse(document.getElementById("config").textContent);
  const endpoint = new URL(config.endpoint, window.location.href);
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

  const missing = ["React", "ReactDOM", "GraphiQL", "GraphiQLPluginExplorer"].filter((name) => !window[name]);
  if (missing.length > 0) {
    place.textContent = `GraphiQL could not be loaded, its files are missing: ${missing.join(", ")}`;
    return;
  }

  // A proxy's HTML error page would otherwise surface as "Unexpected token <".
  const fetchAnswer = async (url, init) => {
    const response = await window.fetch(url, init);
    const type = response.headers.get("content-type") || "no content type";
    if (!/json|multipart\/mixed/.test(type)) {
      throw new Error(`The endpoint answered ${response.status} ${response.statusText} with ${type}`);
    }
    return response;
  };

  const storage = GraphiQL.createLocalStorage({ namespace: `gateway:${endpoint.pathname}` });
  const explorer = GraphiQLPluginExplorer.explorerPlugin({ showAttribution: false });
  // GraphiQL reads this key and never writes it: the first visit opens the explorer, later ones keep
  // what the reader chose.
  const pane = "graphiql:visiblePlugin";
  if (storage.getItem(pane) === null) {
    storage.setItem(pane, explorer.title);
  }

  const properties = {
    fetcher: GraphiQL.createFetcher({
      url: endpoint.href,
      subscriptionUrl: socket.href,
      fetch: fetchAnswer,
    }),
    defaultTabs: [{ query: config.sample }],
    plugins: [explorer],
    onTogglePluginVisibility: (plugin) => storage.setItem(pane, plugin === null ? "" : plugin.title),
    storage,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  };
  const logo = React.createElement(GraphiQL.Logo, null, "Gateway");
  ReactDOM.createRoot(place).render(React.createElement(GraphiQL, properties, logo));
})();
