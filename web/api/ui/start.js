// The document and every request stay on this server: no validator, no other host.
if (window.SwaggerUIBundle) {
  SwaggerUIBundle({ url: "../openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
}
