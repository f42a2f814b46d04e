#include "connectors/desk/desk_api.h"

#include <utility>
#include <variant>

#include "connectors/desk/answers.h"
#include "connectors/desk/desk_routes.h"

namespace wirewatch {

Desk::Desk(DeskContext context_)
    : context(std::move(context_)), auth(*context.store, context.limits, context.now, context.steady) {}

void Desk::Changed() const {
  if (context.changed) context.changed();
}

void AddForRole(Router& router, const SharedDesk& desk, std::string_view method, std::string_view pattern, Role least,
                DeskHandler handler, std::size_t body_bytes) {
  router.Add(
      method, pattern,
      [desk, least, handler = std::move(handler)](const HttpRequest& request) {
        auto admitted = desk->auth.Admit(request, least);
        if (HttpResponse* const refused = std::get_if<HttpResponse>(&admitted)) return Secured(std::move(*refused));
        return Secured(handler(*desk, request));
      },
      body_bytes);
}

void AddForAll(Router& router, const SharedDesk& desk, std::string_view method, std::string_view pattern,
               DeskHandler handler, std::size_t body_bytes) {
  router.Add(
      method, pattern,
      [desk, handler = std::move(handler)](const HttpRequest& request) {
        if (auto refused = desk->auth.AdmitPeer(request)) return Secured(*std::move(refused));
        return Secured(handler(*desk, request));
      },
      body_bytes);
}

void AddDeskRoutes(Router& router, DeskContext context) {
  const auto desk = std::make_shared<Desk>(std::move(context));
  AddSubscriptionRoutes(router, desk);
  AddDeliveryRoutes(router, desk);
  AddTokenRoutes(router, desk);
  AddReaderRoutes(router, desk);
  if (desk->context.links != nullptr) AddLinkRoutes(router, desk);
  AddForAll(router, desk, "GET", "/api/v1/openapi.yaml", [](Desk&, const HttpRequest&) {
    return HttpResponse{.content_type = "application/yaml", .body = std::string(DeskOpenApi())};
  });
}

}  // namespace wirewatch
