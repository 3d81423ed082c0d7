// The reference page, with nothing that would ask another host.
Scalar.createApiReference("#reference", {
  url: "/openapi.json",
  baseServerURL: location.origin,
  agent: { disabled: true, hideAddApi: true },
  mcp: { disabled: true },
  documentDownloadType: "direct",
  expandAllResponses: false,
  hideClientButton: true,
  persistAuth: false,
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,
});
